module example.com/key-value-go

go 1.25.5

require github.com/spinframework/spin-go-sdk/v3 v3.0.0

tool github.com/bytecodealliance/componentize-go
