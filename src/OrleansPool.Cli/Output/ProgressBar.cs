using Spectre.Console;

namespace OrleansPool.Cli.Output;

/// <summary>A progress bar with rate and remaining time, on standard error.</summary>
internal static class ProgressBar
{
    /// <summary>Runs some work under a bar that counts bytes.</summary>
    public static Task<T> OverBytesAsync<T>(CommandOutput output, string title, long bytes, Func<Action<long>, Task<T>> work) =>
        RunAsync(output, title, bytes, [new TransferSpeedColumn(), new RemainingTimeColumn()], work);

    /// <summary>Runs some work under a bar that counts items.</summary>
    public static Task<T> OverItemsAsync<T>(CommandOutput output, string title, long items, Func<Action<long>, Task<T>> work) =>
        RunAsync(output, title, items, [new RemainingTimeColumn()], work);

    private static Task<T> RunAsync<T>(
        CommandOutput output, string title, long total, ProgressColumn[] columns, Func<Action<long>, Task<T>> work)
    {
        if (output.IsJson || !output.Progress.Profile.Capabilities.Interactive) return work(_ => { });
        return output.Progress.Progress()
            .AutoClear(true)
            .Columns([new TaskDescriptionColumn(), new Spectre.Console.ProgressBarColumn(), new PercentageColumn(), .. columns])
            .StartAsync(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                return work(done => task.Increment(done));
            });
    }
}
