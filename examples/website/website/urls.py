"""The URLs of the website."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show a page that only a logged-in user can see."""
    return HttpResponse('Welcome.')


urlpatterns = [
    path('', home, name='home'),
    path('login/', include('login.urls')),
    path('sms/', include('texting.urls')),
]
