variable "source" { default = "x" } # ERROR: Reserved name of variable
