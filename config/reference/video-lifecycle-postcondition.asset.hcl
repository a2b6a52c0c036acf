video "trailer" {
  prompt = "A knight rides towards a burning castle"
  output = "video/trailer.mp4"

  lifecycle {
    postcondition {
      condition     = self.duration >= 3 && self.media_type == "video/mp4"
      error_message = "The trailer must be 3 seconds long."
    }
  }
}
