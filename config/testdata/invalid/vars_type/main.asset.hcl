variable "n" { type = number }
variable "style" { type = string }
