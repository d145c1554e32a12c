"""The URLs of the login."""

from django.urls import path

from .views import CodeView, PhoneView

urlpatterns = [
    path('', PhoneView.as_view(), name='phone'),
    path('code', CodeView.as_view(), name='code'),
]
