assetform {
  remote { # ERROR: Missing required argument
    mode = "read"
  }
}
