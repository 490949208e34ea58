#pragma once

namespace rehearse {

// 128-bit integers: sums of nanoseconds and nano-dollars that cannot overflow.
__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

}  // namespace rehearse
