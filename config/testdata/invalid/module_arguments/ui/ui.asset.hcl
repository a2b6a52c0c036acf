variable "style" { type = string }
