"""A profile of hypothesis that shows the first mistake as it was found."""

from hypothesis import Phase, settings

settings.register_profile("quick", phases=[Phase.generate], report_multiple_bugs=False)
