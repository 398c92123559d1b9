"""What templates of the console ask for."""

from django import template

from memos.projects.console.titles import title_of

register = template.Library()
register.filter("list_title", title_of)
