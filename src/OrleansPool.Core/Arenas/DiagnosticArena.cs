namespace OrleansPool.Core.Arenas;

/// <summary>
/// The twin for tests: every slice stands between two pages that nobody may touch, is inaccessible before it is carved and after it is given
/// back, and must be given back before disposal.
/// </summary>
internal sealed class DiagnosticArena : Arena
{
    // Guard pages and alignment must not cost capacity, or a test would be refused what production grants: they come out of extra address
    // space, which costs nothing. A page between two guards takes three, a huge page and its guards up to two.
    private const int AddressSpaceFactor = 4;

    private DiagnosticArena(MemoryMapping mapping, long capacityBytes)
        : base(mapping, capacityBytes)
    {
    }

    public override bool IsDiagnostic => true;

    private protected override long MarginBytes => PageBytes;

    public static DiagnosticArena Map(long capacityBytes) =>
        new(MemoryMapping.Reserve(checked((capacityBytes + HugePageBytes) * AddressSpaceFactor)), capacityBytes);

    private protected override void OnCarved(long offset, long bytes) => Mapping.Open(offset, bytes);

    private protected override void OnGivenBack(long offset, long bytes) => Mapping.Close(offset, bytes);

    private protected override void OnDisposing()
    {
        List<string> leaks = [];
        foreach (ArenaSlice slice in Slices)
        {
            leaks.Add($"a slice of {slice.Bytes} B of '{slice.Owner}'");
            slice.LeakReporter?.Invoke(leaks);
        }
        // It stays mapped then: whoever holds the leak may still read it.
        if (leaks.Count > 0)
            throw new ArenaFaultException($"The arena is disposed while still held: {string.Join("; ", leaks)}.");
    }
}
