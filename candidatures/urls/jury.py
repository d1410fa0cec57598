"""/jury/…: the jurors' space."""

from candidatures.urls import jury_choosing, jury_interviews, jury_offers, jury_reading

app_name = "jury"

# Subjects with fixed words first: the reading's addresses begin with a call's slug.
urlpatterns = [*jury_interviews.jury, *jury_choosing.jury, *jury_offers.jury, *jury_reading.jury]
