"""The settings of the website."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent.parent

# Without a SECRET_KEY in the environment, the website runs for development, on this machine only.
DEBUG = 'SECRET_KEY' not in os.environ
SECRET_KEY = os.environ.get('SECRET_KEY', 'only-for-development')
ALLOWED_HOSTS = os.environ.get('ALLOWED_HOSTS', '').split()
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG

INSTALLED_APPS = [
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'login',
    'texting',
]
MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
]
TEMPLATES = [
    {
        'BACKEND': 'django.template.backends.django.DjangoTemplates',
        'APP_DIRS': True,
        'OPTIONS': {'context_processors': ['django.template.context_processors.request']},
    }
]
ROOT_URLCONF = 'website.urls'
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': FOLDER / 'website.sqlite3',
        # SQLite ignores select_for_update(). With IMMEDIATE, transactions wait for each other.
        'OPTIONS': {'transaction_mode': 'IMMEDIATE', 'timeout': 60},
        # The tests use several threads, so they need a file.
        'TEST': {'NAME': FOLDER / 'test.sqlite3'},
    }
}
USE_TZ = True
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
LOGIN_URL = 'phone'

# The countries whose phones can log in. Every code costs you an SMS.
LOGIN_PREFIXES = ('+65', '+60')

# The way to send SMS, as EMAIL_BACKEND is the way to send mail.
SMS_BACKEND = os.environ.get('SMS_BACKEND', 'texting.backends.HoiioBackend')
# The public URL of this website with the path sms/notify.
SMS_NOTIFY_URL = os.environ.get('SMS_NOTIFY_URL')
