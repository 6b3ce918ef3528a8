using OrleansPool.Benchmarks.Processes;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>A path beside a yardstick: how both are made ready, and what is asked of them.</summary>
internal sealed record Comparison(
    string Path, string Yardstick, Func<Lab, Task<IContender>> Subject, Func<Lab, Task<IContender>> Against, params Asked[] Asked)
{
    /// <summary>Lets both take turns. Whoever was second in one pair is first in the next.</summary>
    public async Task<IReadOnlyList<CompareRow>> RunAsync(Lab lab)
    {
        IContender subject, against;
        try
        {
            against = await Against(lab);
            subject = await Subject(lab);
        }
        catch (MissingProgramException e)
        {
            return [.. Asked.Select(asked => Row(asked) with { Skipped = e.Message })];
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

    private CompareRow Row(Asked asked) => new() { Path = Path, Yardstick = Yardstick, Asked = asked.Text };
}
