# Everything is drawn by the local engine, which is built in. To buy real results
# write provider "imaginator" {} here instead, and set IMAGINATOR_API_KEY.
provider "local" {
  caption = false # no prompt under what the page shows
}
