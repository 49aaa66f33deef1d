"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path, re_path

from homespun.users.views import door, settings

NEW_PASSWORD = r"^new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[\w-]+)/$"

app_name = "users"
urlpatterns: list[URLPattern | URLResolver] = [
    path("claim/<str:code>/", door.claim, name="claim"),
    path("join/<str:token>/", door.join, name="join"),
    path("sign-in/", door.SignIn.as_view(), name="sign-in"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("forgotten/", door.Forgotten.as_view(), name="forgotten"),
    path("forgotten/sent/", door.LetterSent.as_view(), name="letter-sent"),
    re_path(NEW_PASSWORD, door.NewPassword.as_view(), name="new-password"),
    path("desk/settings/", settings.site_settings, name="settings"),
    path("desk/settings/team/", settings.team, name="team"),
    path("desk/settings/team/invitations/", settings.invitations, name="invitations"),
    path("desk/settings/team/invitations/<int:pk>/withdrawal/", settings.withdrawal, name="withdrawal"),
    path("desk/settings/team/<int:pk>/removal/", settings.removal, name="removal"),
    path("desk/settings/team/<int:pk>/password-link/", settings.password_link, name="password-link"),
    path("desk/settings/you/", settings.you, name="you"),
]
