namespace OrleansPool.Simulation.Witness;

/// <summary>
/// A list that only grows, in pages: nothing is copied when it does, and no page is so large that the collector sets it apart with what lives long.
/// </summary>
internal sealed class PagedList<T>
    where T : struct
{
    private const int PageShift = 9;
    private const int PageCount = 1 << PageShift;

    private readonly List<T[]> _pages = [];

    public int Count { get; private set; }

    public ref readonly T this[int index] => ref _pages[index >> PageShift][index & (PageCount - 1)];

    public void Add(in T item)
    {
        int at = Count & (PageCount - 1);
        if (at == 0) _pages.Add(new T[PageCount]);
        _pages[^1][at] = item;
        Count++;
    }
}
