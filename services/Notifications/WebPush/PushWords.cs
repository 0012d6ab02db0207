namespace NewsPlatform.Notifications.WebPush;

/// <summary>What notifications say besides the news, in one language.</summary>
public sealed record PushWords
{
    public required string Breaking { get; init; }
    public required string Correction { get; init; }
    public required string Update { get; init; }
    public required string Withdrawn { get; init; }
    public required string Read { get; init; }
    public required string Stop { get; init; }

    /// <summary>How many stories waited, and whether there were more.</summary>
    public required Func<int, bool, string> Digest { get; init; }

    /// <summary>An edition whose language is not among these speaks English around its news.</summary>
    public static PushWords Of(string language) => all.GetValueOrDefault(language, all["en"]);

    static readonly string[] small =
    [
        "zero",
        "One",
        "Two",
        "Three",
        "Four",
        "Five",
        "Six",
        "Seven",
        "Eight",
        "Nine",
        "Ten",
        "Eleven",
        "Twelve",
    ];

    static readonly Dictionary<string, PushWords> all = new()
    {
        ["en"] = new()
        {
            Breaking = "Breaking",
            Correction = "Correction",
            Update = "Update",
            Withdrawn = "A story has been withdrawn",
            Read = "Read",
            Stop = "Turn off",
            Digest = (count, more) =>
                more
                    ? $"More than {count} stories while you slept"
                    : $"{(count < small.Length ? small[count] : count)} stories while you slept",
        },
        ["az"] = new()
        {
            Breaking = "Təcili",
            Correction = "Düzəliş",
            Update = "Yenilik",
            Withdrawn = "Xəbər geri götürülüb",
            Read = "Oxu",
            Stop = "Söndür",
            Digest = (count, more) => more ? $"Siz yatarkən {count}-dən çox xəbər" : $"Siz yatarkən {count} xəbər",
        },
        ["ru"] = new()
        {
            Breaking = "Срочно",
            Correction = "Исправление",
            Update = "Дополнение",
            Withdrawn = "Материал отозван",
            Read = "Читать",
            Stop = "Отключить",
            Digest = (count, more) =>
                more
                    ? $"Больше {count} новостей, пока вы спали"
                    : $"{count} {Russian(count, "новость", "новости", "новостей")}, пока вы спали",
        },
        ["tr"] = new()
        {
            Breaking = "Son dakika",
            Correction = "Düzeltme",
            Update = "Güncelleme",
            Withdrawn = "Bir haber geri çekildi",
            Read = "Oku",
            Stop = "Kapat",
            Digest = (count, more) => more ? $"Siz uyurken {count} haberden fazlası" : $"Siz uyurken {count} haber",
        },
    };

    /// <summary>By CLDR's rules of plurals.</summary>
    static string Russian(int count, string one, string few, string many) =>
        (count % 10, count % 100) switch
        {
            (1, not 11) => one,
            (2 or 3 or 4, not (12 or 13 or 14)) => few,
            _ => many,
        };
}
