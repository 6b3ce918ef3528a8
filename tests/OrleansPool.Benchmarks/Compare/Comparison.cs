using OrleansPool.Benchmarks.Processes;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>A path beside a yardstick: how both are made ready, and what is asked of them.</summary>
internal sealed record Comparison(
    string Path, string Yardstick, Func<Lab, Task<IContender>> Subject, Func<Lab, Task<IContender>> Against, params IReadOnlyList<Asked> Asked)
{
    /// <summary>Why it is not run, or null.</summary>
    public string? NotRun { get; private init; }

    /// <summary>The names of its rows.</summary>
    public IEnumerable<string> RowNames => Asked.Select(asked => $"{asked.Path ?? Path} beside {Yardstick}").Distinct();

    /// <summary>A row that is there to say why it has no figures.</summary>
    public static Comparison Without(string path, string yardstick, Asked asked, string reason) =>
        new(path, yardstick, _ => throw new InvalidOperationException(reason), _ => throw new InvalidOperationException(reason), asked) { NotRun = reason };

    /// <summary>The part of it whose rows' names hold a text; null if there is none.</summary>
    public Comparison? Only(string text)
    {
        Asked[] chosen = [.. Asked.Where(asked => $"{asked.Path ?? Path} beside {Yardstick}".Contains(text, StringComparison.OrdinalIgnoreCase))];
        return chosen.Length > 0 ? this with { Asked = chosen } : null;
    }

    /// <summary>Lets both take turns. Whoever was second in one pair is first in the next.</summary>
    public async Task<IReadOnlyList<CompareRow>> RunAsync(Lab lab)
    {
        if (NotRun is not null) return Skip(NotRun);
        IContender subject, against;
        try
        {
            against = await Against(lab);
            subject = await Subject(lab);
        }
        catch (MissingProgramException e)
        {
            return Skip(e.Message);
        }

        await subject.RunAsync(lab.Effort.WarmUp);
        await against.RunAsync(lab.Effort.WarmUp);
        List<(Measurement Subject, Measurement Yardstick)> pairs = [];
        for (int pair = 0; pair < lab.Effort.PairCount; pair++)
        {
            Measurement first = await (pair % 2 == 0 ? subject : against).RunAsync(lab.Effort.Run);
            Measurement second = await (pair % 2 == 0 ? against : subject).RunAsync(lab.Effort.Run);
            pairs.Add(pair % 2 == 0 ? (first, second) : (second, first));
        }

        return [.. Asked.Select(asked => Row(asked, pairs))];
    }

    /// <summary>Its rows, each with the reason why it has no figures.</summary>
    public CompareRow[] Skip(string reason) => [.. Asked.Select(asked => Row(asked) with { Skipped = reason })];

    private CompareRow Row(Asked asked, List<(Measurement Subject, Measurement Yardstick)> pairs)
    {
        var ratios = new PairedRatios([.. pairs.Select(pair => (pair.Subject[asked.Figure], pair.Yardstick[asked.Figure]))]);
        return Row(asked) with
        {
            Ratio = ratios.Ratio,
            Met = asked.IsMet(ratios.Ratio),
            Medians = new CompareMedians(ratios.Subject, ratios.Yardstick, asked.Unit),
            Spread = new CompareSpread(ratios.All.Min(), ratios.All.Max(), ratios.All),
        };
    }

    private CompareRow Row(Asked asked) => new() { Path = asked.Path ?? Path, Yardstick = Yardstick, Asked = asked.Text };
}
