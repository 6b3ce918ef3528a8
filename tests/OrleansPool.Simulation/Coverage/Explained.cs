namespace OrleansPool.Simulation.Coverage;

/// <summary>Branches that nothing in the simulator reaches, each with why it is there all the same.</summary>
internal static class Explained
{
    /// <summary>File, the text of the line, and why.</summary>
    public static IReadOnlyList<(string File, string Text, string Why)> Lines { get; } =
    [
        (
            "Replication/FabricNode.cs", "if (outbox.Learned.Count > 0) Settle(now, outbox);",
            "the last part of a step settles nothing in any run so far; if it ever did, the row would have to wait for the next input"),
    ];

    /// <summary>Why a line may have a branch that is not reached; null if nothing excuses it.</summary>
    public static string? Find(string file, string text)
    {
        foreach ((string where, string line, string why) in Lines)
        {
            if (file.EndsWith(where, StringComparison.Ordinal) && text == line) return why;
        }

        return null;
    }
}
