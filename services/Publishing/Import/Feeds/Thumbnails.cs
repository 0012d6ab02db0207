using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>The picture of one post, which may stand before it in the file or behind it.</summary>
public sealed class Thumbnail(string id)
{
    public string Id => id;
    public MediaItem? Picture { get; internal set; }

    /// <summary>It has not come yet, and may.</summary>
    public bool IsAwaited { get; internal set; }
}

/// <summary>The pictures of a WordPress export, and who waits for one. It remembers a number of them, and forgets the oldest.</summary>
public sealed class Thumbnails(int maxPictures)
{
    readonly OrderedDictionary<string, MediaItem> pictures = [];
    readonly Dictionary<string, List<Thumbnail>> awaited = [];

    /// <summary>For a post that names that picture; null where it names none.</summary>
    public Thumbnail? Of(string? id)
    {
        // WordPress writes 0 or -1 for none.
        if (maxPictures == 0 || !long.TryParse(id, out var number) || number <= 0)
        {
            return null;
        }
        var thumbnail = new Thumbnail(id) { Picture = pictures.GetValueOrDefault(id) };
        if (thumbnail.Picture is null)
        {
            thumbnail.IsAwaited = true;
            (awaited.TryGetValue(id, out var others) ? others : awaited[id] = []).Add(thumbnail);
        }
        return thumbnail;
    }

    public void Know(string id, MediaItem picture)
    {
        if (maxPictures == 0)
        {
            return;
        }
        if (pictures.Count == maxPictures)
        {
            pictures.RemoveAt(0);
        }
        pictures[id] = picture;
        if (awaited.Remove(id, out var waiting))
        {
            foreach (var thumbnail in waiting)
            {
                (thumbnail.Picture, thumbnail.IsAwaited) = (picture, false);
            }
        }
    }

    /// <summary>A post goes in without the picture that it waited for.</summary>
    public void GiveUp(Thumbnail thumbnail)
    {
        thumbnail.IsAwaited = false;
        if (awaited.TryGetValue(thumbnail.Id, out var others) && others.Remove(thumbnail) && others.Count == 0)
        {
            awaited.Remove(thumbnail.Id);
        }
    }
}
