// Package s3 keeps a remote's files in a bucket: of AWS, or of a service that
// speaks as it does (MinIO, R2, Ceph).
//
// The bucket, a prefix and the region stand in the remote's address; where
// another service than AWS is, the environment alone says, so that no file of a
// repository leads a session's token astray. Credentials come from where AWS's
// own programs look; a job of GitHub that names a role needs no more. Requests
// are signed with the hash of their body, so a body that changed on its way is
// refused.
//
// No library of AWS or MinIO does this: initialising the smallest part of one
// that would is a fifth of what a command without a remote takes to start. Start
// reading at Open.
package s3
