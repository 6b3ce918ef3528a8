using System.Runtime.CompilerServices;
using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>The page for one who comes, and its changes for one who stays.</summary>
/// <remarks>Thread-safe. A picture is turned into markup once, however many look at it.</remarks>
internal sealed class PageFeed(FabricWatch watch, TimeProvider time)
{
    /// <summary>How long a page waits for the first picture before it is served with a place for it.</summary>
    private static readonly TimeSpan FirstMax = TimeSpan.FromMilliseconds(700);

    private volatile Rendered? _rendered;

    /// <summary>The whole page.</summary>
    public async Task<string> PageAsync(CancellationToken cancellationToken)
    {
        FabricSnapshot snapshot;
        try
        {
            snapshot = await watch.ReadAsync().WaitAsync(FirstMax, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            snapshot = watch.Last;
        }

        return PoolPage.Render(Render(snapshot)).ToString();
    }

    /// <summary>All sections at first, then each when it has changed, until cancelled.</summary>
    public async IAsyncEnumerable<(string Section, string Html)> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(FabricWatch.Interval, time);
        Rendered? sent = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            Rendered next;
            try
            {
                next = Render(await watch.ReadAsync().WaitAsync(cancellationToken));
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            for (int i = 0; i < next.Sections.Length; i++)
            {
                if (sent is null || sent.Sections[i].Html != next.Sections[i].Html) yield return next.Sections[i];
            }

            sent = next;
            try
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }

    private Rendered Render(FabricSnapshot snapshot)
    {
        Rendered? rendered = _rendered;
        if (rendered?.Snapshot == snapshot) return rendered;
        return _rendered = new Rendered(snapshot, [.. PoolPage.Sections.Select(section => (section.Id, section.Render(snapshot).ToString()))]);
    }

    /// <summary>A picture and its markup.</summary>
    internal sealed record Rendered(FabricSnapshot Snapshot, (string Id, string Html)[] Sections);
}
