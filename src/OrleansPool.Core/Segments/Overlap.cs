namespace OrleansPool.Core.Segments;

/// <summary>Copies what two byte ranges of one block have in common.</summary>
internal static class Overlap
{
    /// <summary>Lays some bytes over others where they meet.</summary>
    /// <param name="source">What is laid over.</param>
    /// <param name="sourceAt">Where its first byte stands in the block.</param>
    /// <param name="target">What it is laid over.</param>
    /// <param name="targetAt">Where its first byte stands in the block.</param>
    public static void Copy(ReadOnlySpan<byte> source, int sourceAt, Span<byte> target, int targetAt)
    {
        int start = Math.Max(sourceAt, targetAt);
        int end = Math.Min(sourceAt + source.Length, targetAt + target.Length);
        if (start < end) source[(start - sourceAt)..(end - sourceAt)].CopyTo(target[(start - targetAt)..]);
    }
}
