package apply

import (
	"fmt"

	"assetform/apply/engine"
	"assetform/config/address"
	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// What is said of a provider, and of a lane that takes no more requests.

// noAnswer says that the server has not answered so far. The run goes on and
// asks again.
func noAnswer(l *lane) *hcl.Diagnostic {
	d := warning("Server does not answer", fmt.Sprintf("The server of provider %s, %s, has given no usable answer for %.0f s. It is asked again; nothing is charged meanwhile.", l.ref, l.gen.Origin(), silence.Seconds()))
	d.Subject = l.block
	return d
}

// notTheAPI is why a provider whose /health is a web page gets no requests:
// behind a sign-in page, or with the address of the site in place of the
// API's, every request would end with an unknown outcome.
func notTheAPI(l *lane, err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Base URL is not the API",
		Detail:  fmt.Sprintf("Provider %s does not lead to %s: %s. Nothing was sent. Check base_url (the API's path is part of it, as in https://host/api/v1), and whether a proxy or a sign-in page stands in between.", l.ref, l.engine.Title, sentence(err)),
		Subject: l.block,
	}
}

// keyRefused is why a provider takes no more requests.
func keyRefused(l *lane, err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "API key was refused",
		Detail:  fmt.Sprintf("Provider %s accepts no requests with this key at %s: %s. Nothing more is sent there; what runs is collected. Check the key (%s), its license, and base_url.", l.ref, l.gen.Origin(), sentence(err), l.engine.Server.KeySource()),
		Subject: l.block,
	}
}

// allRefused is why a provider takes no more requests after one was refused
// for a reason that holds for all.
func allRefused(l *lane, err error) *hcl.Diagnostic {
	if engine.As(err).KeyRefused {
		return keyRefused(l, err)
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Base URL is not the API",
		Detail:  fmt.Sprintf("The server of provider %s, %s, has nothing at that path: %s. Nothing was created and nothing more is sent there. Check base_url: the API's path is part of it, as in https://host/api/v1.", l.ref, l.gen.Origin(), sentence(err)),
		Subject: l.block,
	}
}

// unreachable is why a server that takes no connection gets no more requests.
func unreachable(err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Server cannot be reached",
		Detail: fmt.Sprintf("%s. Nothing was sent and nothing is charged for what is left. Run \"assetform apply\" again when the server can be reached.", sentence(err)),
	}
}

// tooManyUnknown is why a provider gets no more requests while the outcomes of
// several in a row are not known.
func tooManyUnknown(l *lane) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Outcomes stay unknown",
		Detail:  fmt.Sprintf("%d requests in a row to provider %s got no definite answer, so nothing more is sent there in this run. Settle them with \"assetform tasks settle\", then apply again.", maxUnknowns, l.ref),
		Subject: l.block,
	}
}

// noRoom says that a lane gave up waiting for room.
func noRoom(l *lane) *hcl.Diagnostic {
	return warning("Server has no room", fmt.Sprintf(
		"The server refused every task for %s because too many are in flight, though none of this project is. What is left (%s) was not charged for. Go on later with \"assetform apply\".", saturationLimit, diag.Count(l.queued(), "asset")))
}

// hourlyLimit says what an hourly limit of a kind left; words are the server's.
func hourlyLimit(l *lane, kind address.Kind, words string) *hcl.Diagnostic {
	return warning("Hourly limit was reached", fmt.Sprintf(
		"The server takes no more tasks of kind %s for now: %s. Left of them: %d, for which nothing was charged. Go on later with \"assetform apply\", or let it wait with --wait.", kind, words, len(*l.ready[kind])))
}

// sketches warns of a local server where a paid one is configured.
func sketches(l *lane) *hcl.Diagnostic {
	d := warning("Local server under "+l.ref.Type, fmt.Sprintf(
		"The server of provider %s says that it is assetform's local one. Its sketches would pass for real results in the lock; use provider \"local\" for it.", l.ref))
	d.Subject = l.block
	return d
}

// unclaimedTasks says, where there was no journal, how many of the newest tasks
// nobody here knows: some may be this project's, paid for already. It is nil
// where there are none.
func unclaimedTasks(l *lane, page engine.TaskPage, c *claims) *hcl.Diagnostic {
	count := 0
	for i := range page.Tasks {
		if !c.has(&page.Tasks[i]) {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	d := warning("No journal of earlier requests", fmt.Sprintf(
		"This directory has no record of what was sent before, and %d of the %d newest tasks of provider %s are claimed by no entry of the lock. If some are this project's, they are paid for: look with \"assetform tasks list\" and take them with \"assetform tasks attach ADDR TASK_ID\".",
		count, len(page.Tasks), l.ref))
	d.Subject = l.block
	return d
}
