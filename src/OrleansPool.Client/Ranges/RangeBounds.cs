namespace OrleansPool.Client.Ranges;

/// <summary>Checks offsets and lengths against a range, and says which rule was broken.</summary>
internal static class RangeBounds
{
    /// <summary>Whether a read may begin there.</summary>
    public static bool MayReadAt(long offset, long length) => (ulong)offset <= (ulong)length;

    /// <summary>How many bytes a read of a buffer's length yields.</summary>
    public static int ReadCount(long offset, int bufferBytes, long length)
    {
        if (!MayReadAt(offset, length))
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The range has {length} bytes: a read may begin at 0 to {length}.");
        }

        return (int)Math.Min(bufferBytes, length - offset);
    }

    public static void ThrowUnlessInside(long offset, int count, long length)
    {
        if (offset < 0 || offset > length - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{count} bytes from {offset} do not lie inside the range, which has {length} bytes.");
        }
    }

    public static void ThrowUnlessAligned(long offset, long length)
    {
        ThrowUnlessInside(offset, sizeof(long), length);
        if (offset % sizeof(long) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"An atomic integer begins at a multiple of {sizeof(long)}.");
        }
    }
}
