from django.contrib.postgres.operations import BtreeGinExtension, BtreeGistExtension
from django.db import migrations
from pgvector.django import VectorExtension


class Migration(migrations.Migration):
    dependencies = []
    operations = [BtreeGinExtension(), BtreeGistExtension(), VectorExtension()]
