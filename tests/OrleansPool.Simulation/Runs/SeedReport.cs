namespace OrleansPool.Simulation.Runs;

/// <summary>What came of one seed.</summary>
/// <param name="Seed">Which.</param>
/// <param name="Violations">What must not happen and did.</param>
/// <param name="Operations">Clients' operations.</param>
/// <param name="Answered">How many of them were answered.</param>
/// <param name="OperationsChecked">Those of them that the witness held against the streams.</param>
/// <param name="Executed">Operations in the streams.</param>
/// <param name="Events">Events.</param>
/// <param name="Time">Simulated time.</param>
/// <param name="Hash">Stands for the whole run.</param>
/// <param name="Faults">Faults by kind.</param>
/// <param name="Pairs">Pairs of faults that came within two seconds.</param>
/// <param name="Strikes">The faults in order.</param>
/// <param name="LostSegments">Segments that were lost.</param>
/// <param name="CacheHits">Reads served from caches.</param>
/// <param name="IsAlarmed">Whether some silo noticed that the pool map went back in time.</param>
internal sealed record SeedReport(
    ulong Seed, IReadOnlyList<string> Violations, long Operations, long Answered, long OperationsChecked, long Executed, long Events, TimeSpan Time, ulong Hash,
    IReadOnlyDictionary<string, long> Faults, IReadOnlyDictionary<string, long> Pairs, IReadOnlyDictionary<int, string> Strikes, int LostSegments, long CacheHits, bool IsAlarmed)
{
    /// <summary>Whether all is well.</summary>
    public bool Holds => Violations.Count == 0;

    /// <summary>A run that ended with an exception.</summary>
    public static SeedReport OfThrown(ulong seed, Exception thrown) => new(
        seed, [$"{thrown.GetType().Name}: {thrown.Message}"], 0, 0, 0, 0, 0, TimeSpan.Zero, 0,
        new Dictionary<string, long>(), new Dictionary<string, long>(), new Dictionary<int, string>(), 0, 0, false);
}
