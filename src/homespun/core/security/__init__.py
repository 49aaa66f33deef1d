"""What holds for every answer: its policy, its headers, and whom the proxy in front may speak for."""
