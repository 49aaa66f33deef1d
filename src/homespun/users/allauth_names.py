"""The names by which django-allauth looks for its pages; here they lead to ours."""

from django.urls import URLPattern, path, re_path

from homespun.users.urls import NEW_PASSWORD
from homespun.users.views import door

urlpatterns: list[URLPattern] = [
    path("sign-in/", door.SignIn.as_view(), name="account_login"),
    path("forgotten/", door.Forgotten.as_view(), name="account_reset_password"),
    path("forgotten/sent/", door.LetterSent.as_view(), name="account_reset_password_done"),
    re_path(NEW_PASSWORD, door.NewPassword.as_view(), name="account_reset_password_from_key"),
]
