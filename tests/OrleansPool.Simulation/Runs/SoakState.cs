using System.Text.Json;

namespace OrleansPool.Simulation.Runs;

/// <summary>How far a soak is, kept in a file so that it can stop at any moment and go on later: no seed is ever run for it twice.</summary>
/// <remarks>
/// Seeds end out of order. <code>ran = all below NextSeed + Ahead;   a seed is in the totals exactly if it ran</code>
/// </remarks>
internal sealed class SoakState
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The lowest seed that did not run yet.</summary>
    public ulong NextSeed { get; set; } = 1;

    /// <summary>Seeds above it that ran.</summary>
    public SortedSet<ulong> Ahead { get; init; } = [];

    /// <summary>Silos and copies, where they were given: another shape is another soak.</summary>
    public string Shape { get; init; } = "";

    /// <summary>The time it took so far.</summary>
    public double WallSeconds { get; set; }

    /// <summary>The sum over the seeds that ran.</summary>
    public RunTotals Totals { get; init; } = new();

    /// <summary>Seeds that failed: what was wrong, and how to run them again.</summary>
    public List<SoakFailure> Failures { get; init; } = [];

    /// <summary>Reads a state; a new one if there is no file.</summary>
    public static SoakState Load(string path, string shape) =>
        File.Exists(path)
            ? JsonSerializer.Deserialize<SoakState>(File.ReadAllText(path), Json) ?? throw new JsonException($"{path} is empty.")
            : new SoakState { Shape = shape };

    /// <summary>Takes note of a seed that ran.</summary>
    public void Add(SeedCheck check)
    {
        Totals.Add(check);
        if (!check.Holds) Failures.Add(new SoakFailure(check.Report.Seed, check.Complaint, check.Again));
        Ahead.Add(check.Report.Seed);
        while (Ahead.Remove(NextSeed)) NextSeed++;
    }

    /// <summary>Writes the state so that the file is always a whole one: the old or the new.</summary>
    public void Save(string path)
    {
        string besides = path + ".new";
        using (var file = new FileStream(besides, FileMode.Create))
        {
            JsonSerializer.Serialize(file, this, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(besides, path, overwrite: true);
    }
}
