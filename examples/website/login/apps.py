"""The configuration of the app."""

from django.apps import AppConfig

from hoiio import Hoiio


class LoginConfig(AppConfig):
    """Configure the SDK once, when Django starts."""

    name = 'login'

    def ready(self) -> None:
        """Set the options. The credentials come from the environment."""
        # A user waits for the response: at most 15 seconds for the whole call.
        Hoiio.init(timeout=(3, 10, 15), user_agent='website/1.0')
