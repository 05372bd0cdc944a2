local function queens(n)
  local found, columns, up, down = 0, {}, {}, {}
  local function place(row)
    if row > n then found = found + 1 return end
    for c = 1, n do
      if not (columns[c] or up[row + c] or down[row - c + n]) then
        columns[c], up[row + c], down[row - c + n] = true, true, true
        place(row + 1)
        columns[c], up[row + c], down[row - c + n] = nil, nil, nil
      end
    end
  end
  place(1)
  return found
end

local function strings(n)
  local parts, counts = {}, {}
  for i = 1, n do parts[#parts + 1] = string.format("%d:%x", i, i * 7 % 1000) end
  for word in table.concat(parts, " "):gmatch("%d+:(%x+)") do counts[word] = (counts[word] or 0) + 1 end
  local total = 0
  for word, count in pairs(counts) do total = total + #word * count end
  return total
end

local function mandelbrot(size)
  local inside = 0
  for y = 0, size - 1 do
    for x = 0, size - 1 do
      local cr, ci, zr, zi, i = 2 * x / size - 1.5, 2 * y / size - 1, 0, 0, 0
      while i < 50 and zr * zr + zi * zi < 4 do zr, zi, i = zr * zr - zi * zi + cr, 2 * zr * zi + ci, i + 1 end
      if i == 50 then inside = inside + 1 end
    end
  end
  return inside
end

print(queens(9), strings(400000), mandelbrot(500))
