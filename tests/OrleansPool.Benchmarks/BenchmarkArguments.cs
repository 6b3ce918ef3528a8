namespace OrleansPool.Benchmarks;

/// <summary>What stands behind a command's name.</summary>
internal sealed record BenchmarkArguments
{
    /// <summary>One short iteration, to show that it runs; its figures mean nothing.</summary>
    public bool Quick { get; private init; }

    /// <summary>Where rows are also written as JSON, or null.</summary>
    public string? JsonPath { get; private init; }

    /// <summary>What the names of the rows hold that are asked for, or null for all.</summary>
    public string? Only { get; private init; }

    /// <summary>What is no option, in order.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <exception cref="BenchmarkUsageException">An option is unknown, or lacks its value.</exception>
    public static BenchmarkArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new BenchmarkArguments();
        List<string> words = [];
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            if (name == "--quick") parsed = parsed with { Quick = true };
            else if (name == "--json") parsed = parsed with { JsonPath = Value() };
            else if (name == "--only") parsed = parsed with { Only = Value() };
            else if (name.StartsWith('-')) throw new BenchmarkUsageException($"There is no option '{name}'.");
            else words.Add(name);

            string Value() => i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)
                ? args[++i]
                : throw new BenchmarkUsageException($"The option {name} lacks its value.");
        }

        return parsed with { Words = words };
    }
}
