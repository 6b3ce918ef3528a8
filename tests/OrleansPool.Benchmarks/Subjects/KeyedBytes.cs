using System.Buffers.Binary;

namespace OrleansPool.Benchmarks.Subjects;

/// <summary>Values that begin with their key, so that every answer shows whether it is the right one.</summary>
internal static class KeyedBytes
{
    public static byte[] Make(int bytes, long key)
    {
        byte[] value = new byte[bytes];
        Random.Shared.NextBytes(value);
        Mark(value, key);
        return value;
    }

    public static void Mark(Span<byte> value, long key) => BinaryPrimitives.WriteInt64LittleEndian(value, key);

    public static void Check(ReadOnlySpan<byte> value, int bytes, long key)
    {
        if (value.Length != bytes || BinaryPrimitives.ReadInt64LittleEndian(value) != key) ThrowWrong(value.Length, bytes, key);
    }

    /// <summary>Changes a byte behind the key.</summary>
    public static void Touch(Span<byte> value, Random random) => value[random.Next(sizeof(long), value.Length)]++;

    private static void ThrowWrong(int found, int bytes, long key) =>
        throw new InvalidDataException($"The value of key {key} is wrong: {found} bytes came, {bytes} were written, or they are another key's.");
}
