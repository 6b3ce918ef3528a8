using System.Buffers.Binary;
using System.Numerics;

namespace OrleansPool.Core.Segments;

/// <summary>
/// SipHash-2-4 with a 128-bit result: a keyed hash that nobody can predict without the key (Aumasson and Bernstein, "SipHash: a
/// fast short-input PRF", INDOCRYPT 2012; 128-bit variant of the reference implementation).
/// </summary>
/// <param name="key0">First half of the key, little-endian.</param>
/// <param name="key1">Second half of the key, little-endian.</param>
internal readonly struct SipHash(ulong key0, ulong key1)
{
    private const int CompressionRounds = 2;
    private const int FinalizationRounds = 4;

    public UInt128 Hash(ReadOnlySpan<byte> data)
    {
        var state = new State(key0, key1);
        int length = data.Length;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..]) state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(data));

        ulong last = (ulong)length << 56;
        for (int i = 0; i < data.Length; i++) last |= (ulong)data[i] << (8 * i);
        state.Absorb(last);
        ulong low = state.Finish(0xee);
        ulong high = state.Finish(0xdd, first: false);
        return new UInt128(high, low);
    }

    private struct State
    {
        private ulong _v0;
        private ulong _v1;
        private ulong _v2;
        private ulong _v3;

        public State(ulong key0, ulong key1)
        {
            _v0 = key0 ^ 0x736f6d6570736575;
            _v1 = key1 ^ 0x646f72616e646f6d ^ 0xee;
            _v2 = key0 ^ 0x6c7967656e657261;
            _v3 = key1 ^ 0x7465646279746573;
        }

        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round(CompressionRounds);
            _v0 ^= word;
        }

        public ulong Finish(ulong mark, bool first = true)
        {
            if (first)
            {
                _v2 ^= mark;
            }
            else
            {
                _v1 ^= mark;
            }

            Round(FinalizationRounds);
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round(int count)
        {
            for (; count > 0; count--)
            {
                _v0 += _v1;
                _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
                _v0 = BitOperations.RotateLeft(_v0, 32);
                _v2 += _v3;
                _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
                _v0 += _v3;
                _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
                _v2 += _v1;
                _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
                _v2 = BitOperations.RotateLeft(_v2, 32);
            }
        }
    }
}
