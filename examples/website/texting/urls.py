"""The URLs of the app."""

from django.urls import path

from .views import notify

urlpatterns = [path('notify', notify, name='sms-notify')]
