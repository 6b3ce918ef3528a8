namespace OrleansPool.Client.Routing;

/// <summary>The bytes of several writes, each where it lies.</summary>
internal static class WriteSources
{
    /// <summary>Copies them one after the other, for who can send them no other way.</summary>
    public static ReadOnlyMemory<byte> Gather(ReadOnlyMemory<byte>[] sources)
    {
        if (sources.Length == 1) return sources[0];
        byte[] gathered = GC.AllocateUninitializedArray<byte>(sources.Sum(source => source.Length));
        int at = 0;
        foreach (ReadOnlyMemory<byte> source in sources)
        {
            source.Span.CopyTo(gathered.AsSpan(at));
            at += source.Length;
        }

        return gathered;
    }
}
