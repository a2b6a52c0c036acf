assetform {
  remote { url = "file:///mnt/art" }
  remote { url = "file:///mnt/art" } # ERROR: Duplicate remote block
}
