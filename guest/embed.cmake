# cmake -DIN=file -DOUT=file.h -DNAME=name -P embed.cmake: the bytes of a file as a C array.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
file(WRITE ${OUT} "static const uint8_t elf_${NAME}[] = {\n${hex}};\n")
