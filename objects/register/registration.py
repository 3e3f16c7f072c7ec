"""What the register hangs into the shared pages."""


def register():
    from . import summaries

    summaries.add_step_source(summaries.goal_reviews)
