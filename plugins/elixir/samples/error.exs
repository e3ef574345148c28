defmodule Wrong do
  def fail do
    raise "something"
  end
end

Wrong.fail()
