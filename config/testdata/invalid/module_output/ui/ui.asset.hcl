output "logo" { value = 1 }
