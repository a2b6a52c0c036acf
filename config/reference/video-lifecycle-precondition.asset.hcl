variable "trailer_is_final" {
  type    = bool
  default = true
}

video "trailer" {
  prompt = "A knight rides towards a burning castle"
  output = "video/trailer.mp4"

  lifecycle {
    precondition {
      condition     = var.trailer_is_final
      error_message = "The script of the trailer is not final: nothing is spent on it yet."
    }
  }
}
