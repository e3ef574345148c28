procedure Main is
begin
   Number := 1;
end Main;
