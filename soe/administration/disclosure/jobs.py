from soe.audit.events import log_security
from soe.audit.reads import log_read
from soe.web.jobs import JobFailed, job

from .collecting import collect
from .models import Disclosure
from .rendering import archive


@job("disclosure", title="Auskunft zusammenstellen", permission="privacy.disclose")
def gather(run, disclosure):
    """Logged before anything is read; a repeated attempt is a second look and says so."""
    asked = Disclosure.objects.restrict(run.user).filter(pk=disclosure).first()
    if asked is None:
        raise JobFailed("Diese Auskunft gibt es nicht.")
    source = asked.source
    subject = source.get_model()._base_manager.filter(pk=asked.object_id).first()
    if subject is None:
        raise JobFailed("Den Datensatz gibt es nicht mehr.")
    log_read("export", source.get_model(), obj=subject, basis="Auskunft nach Art. 15 DSGVO")
    log_security("export", obj=asked, detail="Auskunft nach Art. 15 DSGVO")
    data = collect(source, subject, run.progress)
    run.result_file(f"Auskunft-{asked.reference}.zip", archive(data))
    run.summary(
        f"{sum(len(section['Datensätze']) for section in data['Abschnitte'])} Datensätze zusammengestellt."
    )
