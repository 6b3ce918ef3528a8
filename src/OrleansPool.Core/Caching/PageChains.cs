using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Caching;

/// <summary>
/// Memory in pages of one size, chained for blocks that are larger: what a block of one size gives back serves a block of any
/// other. Blocks smaller than a page take a whole one.
/// </summary>
/// <remarks>Not thread-safe: its shard guards it.</remarks>
internal sealed class PageChains
{
    private const int End = -1;

    private readonly ArenaSlice _slice;
    private readonly long _offset;
    private readonly int _pageBytes;
    private readonly int[] _next;
    private int _firstFree;

    public PageChains(ArenaSlice slice, long offset, int pageBytes, int pageCount)
    {
        _slice = slice;
        _offset = offset;
        _pageBytes = pageBytes;
        _next = new int[pageCount];
        for (int page = 0; page < pageCount; page++) _next[page] = page + 1 < pageCount ? page + 1 : End;
        FreeCount = pageCount;
    }

    public int FreeCount { get; private set; }

    public int PagesFor(int bytes) => (bytes + _pageBytes - 1) / _pageBytes;

    /// <summary>Takes pages and fills them; the caller has made sure that there are enough.</summary>
    public int Store(ReadOnlySpan<byte> bytes)
    {
        int first = _firstFree;
        int page = first;
        int last = End;
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, _pageBytes);
            bytes[..count].CopyTo(PageAt(page));
            bytes = bytes[count..];
            FreeCount--;
            last = page;
            page = _next[page];
        }

        _firstFree = page;
        _next[last] = End;
        return first;
    }

    public void Load(int first, int offset, Span<byte> destination)
    {
        int page = first;
        for (; offset >= _pageBytes; offset -= _pageBytes) page = _next[page];
        for (; !destination.IsEmpty; page = _next[page], offset = 0)
        {
            int count = Math.Min(destination.Length, _pageBytes - offset);
            PageAt(page).Slice(offset, count).CopyTo(destination);
            destination = destination[count..];
        }
    }

    public void Free(int first)
    {
        int last = first;
        int count = 1;
        for (; _next[last] != End; last = _next[last]) count++;
        _next[last] = _firstFree;
        _firstFree = first;
        FreeCount += count;
    }

    private Span<byte> PageAt(int page) => _slice.GetSpan(_offset + ((long)page * _pageBytes), _pageBytes);
}
