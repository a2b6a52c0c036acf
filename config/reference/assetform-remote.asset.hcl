assetform {
  # What one machine generates is there for all of them.
  remote {
    url = "s3://studio-art/game?region=eu-central-1"
  }
}
