variable "key" {
  default   = "hunter2"
  sensitive = true
}
output "a" {
  value = "key ${var.key}" # ERROR: Output holds sensitive value
}
