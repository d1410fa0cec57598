"""The queue's door to the jobs. They have a queue of their own: a worker may be given to each."""

from django_tasks import task

from clea.jobs import running

QUEUE = "travaux"


@task(queue_name=QUEUE)
def run_job(job_id: int) -> None:
    """Run a job, unless somebody did, does, or stopped it."""
    running.run(job_id)
