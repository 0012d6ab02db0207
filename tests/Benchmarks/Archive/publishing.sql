-- Fills Publishing's database with articles that were drafted and published, after the model of one that came by the front door. Their
-- events stand in front of all others, so that the relay does not take them for new ones.
-- Variables: model, its id; of a page that shared.sql has made.
call bench.put_indexes_away();

insert into mt_streams
select its.* from bench.story s join mt_streams model on model.id = :'model',
  lateral jsonb_populate_record(model, jsonb_build_object('id', s.id, 'timestamp', s.at, 'created', s.at)) its;

insert into mt_events
select its.* from bench.story s join mt_events model on model.stream_id = :'model' and model.version <= 2,
  lateral (select jsonb_build_object(
    'id', md5('event ' || s.n || ' ' || model.version)::uuid, 'stream_id', s.id, 'timestamp', s.at,
    'seq_id', -2 * s.n::bigint + model.version - 2) as its) event,
  lateral jsonb_populate_record(model, its || jsonb_build_object('data', case model.version
    when 1 then jsonb_set(model.data, '{copy}', (model.data -> 'copy') || jsonb_build_object(
      'headline', s.headline, 'summary', s.summary, 'category', s.category, 'language', s.language, 'keywords', s.keywords,
      'body', '<p>' || s.one || '.</p><p>' || s.two || '.</p><p>' || s.three || '.</p>'))
    else model.data || jsonb_build_object('slug', s.slug, 'publishedAt', s.at, 'updatedAt', s.at) end)) its
order by s.n, model.version;

insert into mt_doc_slug
select its.* from bench.story s join mt_doc_slug model on model.data ->> 'articleId' = :'model',
  lateral jsonb_populate_record(model, jsonb_build_object(
    'id', s.language || '/' || s.slug, 'data', jsonb_build_object('key', s.language || '/' || s.slug, 'articleId', s.id))) its;

insert into mt_doc_desk_item
select its.* from bench.story s join mt_doc_desk_item model on model.id = :'model',
  lateral (select jsonb_build_object('language', s.language, 'category', s.category) as shared) one,
  lateral jsonb_populate_record(model, shared || jsonb_build_object(
    'id', s.id, 'story_id', s.id, 'updated_at', s.at, 'data', model.data || shared || jsonb_build_object(
      'id', s.id, 'headline', s.headline, 'keywords', s.keywords, 'foldedKeywords', s.keywords, 'storyId', s.id, 'updatedAt', s.at,
      'publishedAt', s.at, 'publicCategory', s.category, 'categories', jsonb_build_array(s.category),
      'url', '/' || s.language || '/' || s.category || '/' || s.slug, 'words', s.headline || ' ' || s.summary))) its;

call bench.take_indexes_back();
vacuum analyze mt_streams, mt_events, mt_doc_slug, mt_doc_desk_item;
checkpoint;
