stile = "x"
