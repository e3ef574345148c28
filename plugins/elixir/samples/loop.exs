defmodule Endless do
  def go, do: go()
end

Endless.go()
